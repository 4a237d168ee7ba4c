use std::process::ExitCode;

fn main() -> ExitCode {
    pigeon::cli::main()
}
