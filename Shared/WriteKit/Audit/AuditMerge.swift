import Contract
import Kernel

/// The audits of several contexts as one list. For the first pages each is asked for the newest
/// entries. For later ones each first says where every sixteenth entry is, by which a place shortly
/// before the page is found, and from there on is asked for no more than the page needs. Deep pages
/// are refused, and found by `from` and `to` instead.
public struct AuditMerge: Sendable {
    /// Asks one context.
    public typealias Source = @Sendable (AuditTailQuery) async throws -> AuditTail

    private let filter: AuditFilter
    private let page: PageRequest
    /// Entries up to the end of the page.
    private var depth: Int { page.offset + page.size }

    /// - Throws: 422 for a page that is too deep.
    public init(_ filter: AuditFilter, _ page: PageRequest) throws(Fault) {
        let maximum = AuditTailQuery.maximumDepth
        guard page.offset + page.size <= maximum else {
            throw .invalid(
                "/page",
                "must be within the newest \(maximum) entries: narrow the list by from and to")
        }
        self.filter = filter
        self.page = page
    }

    /// What each context is asked first.
    public static func first(_ filter: AuditFilter, _ page: PageRequest) -> AuditTailQuery {
        let depth = page.offset + page.size
        guard depth > AuditLimits.answer else {
            return AuditTailQuery(filter: filter, limit: depth)
        }
        return AuditTailQuery(filter: filter, limit: 0, depth: depth)
    }

    /// Newest first, ties by id, as each of them is. Fails if one of them does: an audit must not
    /// have gaps.
    public func callAsFunction(_ sources: [Source]) async throws -> Page<AuditEntryBody> {
        var parts = try await ask(sources, Self.first(filter, page))
        // What can't be reached is not counted, so that every link leads somewhere.
        let total = min(AuditTailQuery.maximumDepth, parts.map(\.total).reduce(0, +))
        let passed = depth > AuditLimits.answer ? try await skip(&parts, sources) : 0
        var items: [AuditEntryBody] = []
        for place in passed..<max(passed, depth) {
            guard let entry = try await next(&parts, left: depth - place) else { break }
            if place >= page.offset { items.append(entry) }
        }
        return Page(items, page, total: total)
    }

    private func ask(_ sources: [Source], _ query: AuditTailQuery) async throws -> [Part] {
        try await withThrowingTaskGroup(of: Part.self) { group in
            for source in sources {
                group.addTask { Part(source, try await source(query), query) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }

    /// Replaces the parts by those from a place shortly before the page on.
    /// - Returns: how many entries come before.
    private func skip(_ parts: inout [Part], _ sources: [Source]) async throws -> Int {
        let place = place(among: parts.map(\.places))
        let query = AuditTailQuery(
            filter: filter, limit: min(depth - place.passed, AuditLimits.answer),
            before: place.cursor)
        parts = try await ask(sources, query)
        let passed = parts.map(\.newer).reduce(0, +)
        guard passed > page.offset else { return passed }
        // So many entries are new since the first question.
        let all = AuditTailQuery(filter: filter, limit: AuditLimits.answer, before: .beginning)
        parts = try await ask(sources, all)
        return 0
    }

    /// The last place that certainly comes before the page, and how many entries are passed there
    /// at least.
    private func place(among places: [[AuditCursor]?]) -> (cursor: AuditCursor, passed: Int) {
        // One that says none could have any number of entries before a place.
        guard places.allSatisfy({ $0 != nil }) else { return (.beginning, 0) }
        let all = places.flatMap { $0 ?? [] }.sorted { ($0.at, $0.id) > ($1.at, $1.id) }
        let spacing = AuditTail.spacing
        // Each has up to `spacing - 1` more entries before its next place.
        let count = (page.offset - places.count * (spacing - 1)) / spacing
        guard count > 0, !all.isEmpty else { return (.beginning, 0) }
        let number = min(count, all.count)
        return (all[number - 1], number * spacing)
    }

    /// - Parameter left: how many are needed at most.
    private func next(
        _ parts: inout [Part], left: Int
    ) async throws -> AuditEntryBody? {
        let heads = parts.indices.filter { parts[$0].head != nil }
        let newest = heads.max { place, other in
            guard let one = parts[place].head, let two = parts[other].head else { return false }
            return (one.at, one.id) < (two.at, two.id)
        }
        guard let newest, let entry = parts[newest].head else { return nil }
        parts[newest].entries.removeFirst()
        if parts[newest].entries.isEmpty, !parts[newest].isLast, left > 1 {
            let query = AuditTailQuery(
                filter: filter, limit: min(left - 1, AuditLimits.answer),
                before: AuditCursor(at: entry.at, id: entry.id))
            let tail = try await parts[newest].source(query)
            parts[newest] = Part(parts[newest].source, tail, query)
        }
        return entry
    }

    /// The entries of one context that are loaded but not used yet.
    private struct Part: Sendable {
        let source: Source
        let total: Int
        let places: [AuditCursor]?
        /// How many entries come before those.
        let newer: Int
        var entries: ArraySlice<AuditEntryBody>
        let isLast: Bool
        var head: AuditEntryBody? { entries.first }

        init(_ source: @escaping Source, _ tail: AuditTail, _ query: AuditTailQuery) {
            self.source = source
            (total, places, newer) = (tail.total, tail.places, tail.newer ?? 0)
            entries = tail.entries[...]
            isLast = tail.entries.count < query.limit
        }
    }
}
