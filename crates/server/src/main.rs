use std::process::ExitCode;

// A page is many small pieces: it costs a third less than with the C library's. Without huge pages,
// which would take more memory than everything else of an idle program.
#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    pigeon::cli::main()
}
