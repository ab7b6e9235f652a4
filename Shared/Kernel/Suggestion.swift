/// Finds what somebody may have meant by a name that does not exist.
public enum Suggestion {
    /// Longer names are not looked at: comparing takes the product of both lengths.
    private static let maximum = 64

    /// The known name that is nearest to `name`: the same but for case, `_` and `-`, or with at
    /// most two wrong, missing, extra or swapped characters (one, up to four characters); nil if
    /// none is near.
    public static func nearest(to name: String, among known: some Sequence<String>) -> String? {
        guard name.utf8.count <= maximum else { return nil }
        let wanted = plain(name)
        let most = wanted.count <= 4 ? 1 : 2
        var best: (name: String, distance: Int)?
        for candidate in known where candidate.utf8.count <= maximum {
            let distance = distance(wanted, plain(candidate))
            if distance <= most, distance < (best?.distance ?? .max) {
                best = (candidate, distance)
            }
        }
        return best?.name
    }

    private static func plain(_ name: String) -> [UInt8] {
        name.lowercased().utf8.filter { $0 != UInt8(ascii: "_") && $0 != UInt8(ascii: "-") }
    }

    /// The optimal string alignment distance: edits of one character, and swaps of neighbours.
    private static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
        var earlier: [Int] = []
        var former = Array(0...b.count)
        for i in a.indices {
            var row = [i + 1]
            for j in b.indices {
                var cost = min(former[j] + (a[i] == b[j] ? 0 : 1), former[j + 1] + 1, row[j] + 1)
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
                    cost = min(cost, earlier[j - 1] + 1)
                }
                row.append(cost)
            }
            (earlier, former) = (former, row)
        }
        return former[b.count]
    }
}
