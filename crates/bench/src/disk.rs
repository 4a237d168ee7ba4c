//! A disk that takes longer: a library loaded before the program makes each flush wait.

use std::{
    fs,
    path::{Path, PathBuf},
};

use tokio::process::Command;

use crate::Result;

/// Builds the library with the system's C compiler.
pub async fn slow(folder: &Path, micros: u32) -> Result<PathBuf> {
    fs::create_dir_all(folder)?;
    let source = folder.join("slow_disk.c");
    fs::write(&source, include_str!("slow_disk.c"))?;
    let library = fs::canonicalize(folder)?.join("slow_disk.so");
    let built = Command::new("cc")
        .args([
            "-shared",
            "-fPIC",
            "-O2",
            &format!("-DMICROS={micros}"),
            "-o",
        ])
        .args([&library, &source])
        .status()
        .await?;
    if built.success() {
        return Ok(library);
    }
    Err("cannot build the library for a slow disk".into())
}
