import Contract
import Kernel

/// The audits of several contexts as one list. Each is asked for bounded parts, from where it was
/// read to, and for no more of them than the page needs. Deep pages are refused, and found by
/// `from` and `to` instead.
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
        AuditTailQuery(filter: filter, limit: min(page.offset + page.size, AuditLimits.answer))
    }

    /// Newest first, ties by id, as each of them is. Fails if one of them does: an audit must not
    /// have gaps.
    public func callAsFunction(_ sources: [Source]) async throws -> Page<AuditEntryBody> {
        let query = Self.first(filter, page)
        var parts = try await withThrowingTaskGroup(of: Part.self) { group in
            for source in sources {
                group.addTask {
                    let tail = try await source(query)
                    return Part(source, tail, isLast: tail.entries.count < query.limit)
                }
            }
            return try await group.reduce(into: [Part]()) { $0.append($1) }
        }
        // What can't be reached is not counted, so that every link leads somewhere.
        let total = min(AuditTailQuery.maximumDepth, parts.map(\.total).reduce(0, +))
        var items: [AuditEntryBody] = []
        for place in 0..<depth {
            guard let entry = try await next(&parts, left: depth - place) else { break }
            if place >= page.offset { items.append(entry) }
        }
        return Page(items, page, total: total)
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
            parts[newest].entries = tail.entries[...]
            parts[newest].isLast = tail.entries.count < query.limit
        }
        return entry
    }

    /// The entries of one context that are loaded but not used yet.
    private struct Part: Sendable {
        let source: Source
        let total: Int
        var entries: ArraySlice<AuditEntryBody>
        var isLast: Bool
        var head: AuditEntryBody? { entries.first }

        init(_ source: @escaping Source, _ tail: AuditTail, isLast: Bool) {
            self.source = source
            self.isLast = isLast
            total = tail.total
            entries = tail.entries[...]
        }
    }
}
