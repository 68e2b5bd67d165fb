import ArgumentParser

/// How a command's result is told and kept.
struct ResultOptions: ParsableArguments {
    @Flag(help: "Print nothing but errors and what --json asks for.")
    var quiet = false

    @Flag(help: "Print a summary as JSON, and nothing else, on standard output.")
    var json = false

    @Flag(help: "Replace an output that exists (default: refuse, status 73).")
    var overwrite = false
}
