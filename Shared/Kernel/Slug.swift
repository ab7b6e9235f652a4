/// Numbers that make names unique.
public enum FreeNumber {
    /// A free one from 2 on.
    ///
    /// Gallops (2, 4, 8 …) to a free number and bisects back, so that the thousandth "test" costs
    /// twenty look-ups and not a thousand. Where numbers have become free again in between, it may
    /// find one of those.
    public static func find(isTaken: (Int) throws -> Bool) rethrows -> Int {
        var (taken, free) = (1, 2)
        while try isTaken(free) { (taken, free) = (free, free * 2) }
        while free - taken > 1 {
            let middle = (taken + free) / 2
            if try isTaken(middle) { taken = middle } else { free = middle }
        }
        return free
    }
}

/// The names of things in URLs, unique among their kind.
public enum Slug {
    /// - Throws: 422 at `pointer`.
    public static func check(
        _ slug: String?, pointer: String = "/slug"
    ) throws(Fault) -> String? {
        guard let slug else { return nil }
        guard Text.isSlug(slug) else {
            throw .invalid(
                pointer,
                "must be 1 to \(Text.maximumSlugLength) characters of a-z, 0-9 and '-', and must "
                    + "not begin or end with '-'")
        }
        return slug
    }

    /// A free slug for `name`: plain, or with the number 2, 3 …
    public static func free(
        for name: String, isTaken: (String) throws -> Bool
    ) rethrows -> String {
        let base = Text.slug(from: name)
        guard try isTaken(base) else { return base }
        return numbered(base, try FreeNumber.find { try isTaken(numbered(base, $0)) })
    }

    private static func numbered(_ base: String, _ number: Int) -> String {
        let suffix = "-\(number)"
        var stem = base.prefix(Text.maximumSlugLength - suffix.utf8.count)
        while stem.last == "-" { stem.removeLast() }
        return stem + suffix
    }
}
