extension BatchPlan {
    private var snakemakeResources: String {
        var resources: [String] = []
        if let memory = self.resources.memory { resources.append("mem_mb=\(memory)") }
        if let time = self.resources.time { resources.append("runtime=\(time.minutes)") }
        if let partition = self.resources.partition { resources.append("slurm_partition=\"\(partition)\"") }
        return resources.isEmpty ? "" : "    resources: \(resources.joined(separator: ", "))\n"
    }

    /// Paths are relative to the directory that Snakemake works in.
    var snakefile: String {
        #"""
        # The closure of run.yaml in \#(parts) parts. In this directory: snakemake --cores all, or with a profile of your site.
        PARTS = \#(parts)
        ROUNDS = \#(rounds)


        rule closure:
            input: f"sums/round-{ROUNDS}.h5"
            output: directory("result")
            threads: \#(resources.cpus)
        \#(common)
            # A negative verdict is a result.
            shell: "bash closure.sh || [ $? -eq 1 ]"


        rule merge:
            input: lambda wildcards: [f"parts/round-{wildcards.round}/part-{part}.h5" for part in range(PARTS)]
            output: "sums/round-{round}.h5"
        \#(common)
            shell: "bash merge.sh {wildcards.round}"


        rule part:
            # Each round needs the constants of the one before.
            input: lambda wildcards: f"sums/round-{int(wildcards.round) - 1}.h5" if int(wildcards.round) > 1 else []
            output: temp("parts/round-{round}/part-{part}.h5")
            threads: \#(resources.cpus)
        \#(common)
            shell: "bash part.sh {wildcards.round} {wildcards.part}"

        """#
    }

    private var common: String { snakemakeResources + "    retries: \(retries)" }
}
