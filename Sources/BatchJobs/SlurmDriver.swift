extension BatchPlan {
    private var slurmOptions: [String] {
        var options = ["--cpus-per-task=\(resources.cpus)"]
        if let partition = resources.partition { options.append("--partition=\(partition)") }
        if let time = resources.time { options.append("--time=\(time)") }
        if let memory = resources.memory { options.append("--mem=\(memory)M") }
        return options
    }

    /// Jobs that depend on one that fails are removed by Slurm, and what ran is in files: the driver looks at these alone.
    var slurmDriver: String {
        #"""
        #!/usr/bin/env bash
        # Submits what is missing of the closure of run.yaml in \#(parts) parts: submit.sh [OPTION OF SBATCH...]
        # For each round there are arrays of parts, and a job that merges them; at the end a job that makes the results.
        # To be run again after a failure.
        set -euo pipefail
        cd \#(shellWord(directory))
        parts=\#(parts)
        rounds=\#(rounds)
        options=(--parsable --chdir="$PWD" --open-mode=append --requeue --kill-on-invalid-dep=yes
            \#(shellWords(slurmOptions)) "$@")

        give_up() {
            printf 'submit.sh: %s\n' "$*" >&2
            exit 69
        }

        # Submits a job and leaves its number in $job: submit NAME OPTION... SCRIPT ARGUMENT...
        submit() {
            local name=$1
            shift
            job=$(sbatch "${options[@]}" --job-name="etacal-$name" "$@") ||
                give_up "Slurm did not take the job of $name (above); run this again when those of $PWD/jobs have ended"
            job=${job%%;*}
            echo "$job" >>jobs
        }

        # The missing parts of a round, from FIRST to LAST, counted from FIRST: missing ROUND FIRST LAST
        missing() {
            local part start='' ranges=''
            for ((part = $2; part <= $3 + 1; part++)); do
                if ((part <= $3)) && [ ! -e "parts/round-$1/part-$part.h5" ]; then
                    start=${start:-$part}
                elif [ -n "$start" ]; then
                    ranges+=,$((start - $2))-$((part - 1 - $2))
                    start=''
                fi
            done
            printf '%s' "${ranges#,}"
        }

        if [ -e result ]; then
            printf 'the result is in %s\n' "$PWD/result"
            exit 0
        fi
        command -v sbatch >/dev/null || give_up 'sbatch is not on PATH; run this where jobs are submitted'
        if [ -s jobs ]; then
            queued=$(squeue --noheader --format=%A --jobs="$(paste -sd, jobs)" 2>/dev/null | sort -u | paste -sd' ' -) || queued=''
            [ -z "$queued" ] || give_up "jobs $queued are not done; wait for them, or end them with scancel"
        fi
        # The index of an array is below MaxArraySize: more parts take several arrays.
        size=$(scontrol show config 2>/dev/null | sed -n 's/^MaxArraySize *= *//p') || size=''
        size=${size:-1001}
        ((size > 0)) || give_up 'this Slurm has no job arrays (MaxArraySize is 0); ask its administrator for them'

        mkdir -p logs
        : >jobs
        before=''
        for ((round = 1; round <= rounds; round++)); do
            [ ! -e "sums/round-$round.h5" ] || continue
            arrays=''
            for ((first = 0; first < parts; first += size)); do
                last=$((first + size < parts ? first + size - 1 : parts - 1))
                indices=$(missing "$round" "$first" "$last")
                [ -n "$indices" ] || continue
                submit "part-$round" --array="$indices" ${before:+--dependency="afterok:$before"} \
                    --output="logs/part-$round-%A_%a.log" part.sh "$round" "$first"
                arrays+=:$job
            done
            submit "merge-$round" --cpus-per-task=1 ${arrays:+--dependency="afterok$arrays"} \
                --output="logs/merge-$round-%j.log" merge.sh "$round"
            before=$job
            printf 'round %d: parts %s, merge %d\n' "$round" "$(tr : ' ' <<<"${arrays#:}")" "$before"
        done
        submit closure ${before:+--dependency="afterok:$before"} --output='logs/closure-%j.log' closure.sh
        printf 'closure: %d, makes %s\n' "$job" "$PWD/result"

        """#
    }
}
