extension BatchPlan {
    /// Snakemake counts the retries itself.
    private var attempts: Int { engine == .snakemake ? 1 : retries + 1 }

    /// Slurm runs a copy of a script, which cannot tell where it comes from: the directory stands in it.
    private func script(_ does: String, _ body: String) -> String {
        #"""
        #!/usr/bin/env bash
        # \#(does)
        set -euo pipefail
        cd \#(shellWord(directory))

        # Runs a command up to \#(attempts) times. What was killed goes on from its checkpoint; wrong usage, wrong input and a
        # verdict would be the same again, and what was asked to end (129, 130, 143) has to.
        run() {
            local attempt status
            for ((attempt = 1; ; attempt++)); do
                status=0
                "$@" || status=$?
                case $status in
                    0 | 1 | 64 | 65 | 66 | 129 | 130 | 143) return "$status" ;;
                esac
                printf 'attempt %d of \#(attempts) ended with status %d\n' "$attempt" "$status" >&2
                ((attempt < \#(attempts))) || return "$status"
                sleep $((5 * attempt))
            done
        }

        """# + body + "\n"
    }

    var partScript: String {
        script(
            "Makes the sums of one part: part.sh ROUND PART, in an array of Slurm its index after PART.",
            #"""

            round=$1
            part=$(($2 + ${SLURM_ARRAY_TASK_ID:-0}))
            output=parts/round-$round/part-$part.h5
            if [ -e "$output" ] || [ -e "sums/round-$round.h5" ]; then
                printf 'part %d of round %d is there\n' "$part" "$round"
                exit 0
            fi
            mkdir -p "parts/round-$round" "checkpoints/round-$round"

            closure=(\#(shellWords(closure)))
            # Each round needs the constants of the one before.
            [ "$round" -eq 1 ] || closure+=(--sums "sums/round-$((round - 1)).h5")
            run "${closure[@]}" --shard "$part/\#(parts)" --checkpoint "checkpoints/round-$round/part-$part.h5" \
                --threads \#(resources.cpus) -o "$output"
            """#)
    }

    var mergeScript: String {
        script(
            "Merges the sums of all parts: merge.sh ROUND.",
            #"""

            round=$1
            output=sums/round-$round.h5
            if [ -e "$output" ]; then
                printf 'round %d is merged\n' "$round"
                exit 0
            fi
            mkdir -p sums
            merge=(\#(shellWord(program)) merge)
            # What was summed in the rounds before stays with it.
            [ "$round" -eq 1 ] || merge+=("sums/round-$((round - 1)).h5")
            run "${merge[@]}" "parts/round-$round"/part-*.h5 -o "$output"
            # The parts hold nothing that the sums do not.
            rm -rf "parts/round-$round" "checkpoints/round-$round"
            """#)
    }

    var closureScript: String {
        script(
            "Makes the results of the sums of all rounds. Status 1: they are there, and the verdict is negative.",
            #"""

            if [ -e result ]; then
                echo 'the result is there'
                exit 0
            fi
            run \#(shellWords(closure)) --sums sums/round-\#(rounds).h5 --threads \#(resources.cpus) -o result
            """#)
    }
}
