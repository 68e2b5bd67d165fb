/// Which η bins are tied to each other by pairs: ratios fix responses only inside a connected component.
struct Connectivity {
    /// Bins of each component, ascending; bins without any pair are in none. Components in order of their lowest bin.
    let components: [[Int]]

    init(bins: Int, pairs: [(low: Int, high: Int)]) {
        var parent = Array(0..<bins)
        func root(_ bin: Int) -> Int {
            var bin = bin
            while parent[bin] != bin { bin = parent[bin] }
            return bin
        }
        var used = Array(repeating: false, count: bins)
        for (low, high) in pairs {
            used[low] = true
            used[high] = true
            let (first, second) = (root(low), root(high))
            parent[max(first, second)] = min(first, second)
        }
        var members: [Int: [Int]] = [:]
        for bin in 0..<bins where used[bin] { members[root(bin), default: []].append(bin) }
        components = members.keys.sorted().map { members[$0] ?? [] }
    }

    /// The component that holds most of the reference bins; nil when none holds any.
    func anchored(reference: [Int]) -> [Int]? {
        let reference = Set(reference)
        var best: (component: [Int], count: Int)?
        for component in components {
            let count = component.count { reference.contains($0) }
            if count > (best?.count ?? 0) { best = (component, count) }
        }
        return best?.component
    }
}
