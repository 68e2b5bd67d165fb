import Balance
@preconcurrency import Benchmark
import Workload

requireReleaseBuild()
let workbench = try Workbench()
let suite = BenchmarkSuite(name: "stage", settings: Iterations(10_000), WarmupIterations(500)) { suite in
    for stage in Workbench.Stage.allCases {
        suite.benchmark(stage.rawValue) { state in try workbench.measure(stage, &state) }
    }
}
Benchmark.main([suite])
