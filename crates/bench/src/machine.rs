use std::{fs, process::Command};

/// What the figures were measured on.
pub fn describe() -> String {
    let cpu = first_line("/proc/cpuinfo", "model name");
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let memory = first_line("/proc/meminfo", "MemTotal");
    let kib = memory
        .split_whitespace()
        .next()
        .and_then(|kib| kib.parse::<f64>().ok());
    let gib = kib.unwrap_or_default() / 1024.0 / 1024.0;
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    format!(
        "{cores} × {cpu}, {gib:.0} GiB of memory, Linux {}, {}, {}",
        kernel.trim(),
        version("rustc"),
        version("postgres"),
    )
}

fn first_line(file: &str, key: &str) -> String {
    let text = fs::read_to_string(file).unwrap_or_default();
    let line = text.lines().find(|line| line.starts_with(key));
    let value = line.and_then(|line| line.split_once(':'));
    value.map_or_else(String::new, |(_, value)| value.trim().to_owned())
}

fn version(program: &str) -> String {
    let output = Command::new(program).arg("--version").output();
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    text.unwrap_or_else(|_| format!("no {program}"))
}
