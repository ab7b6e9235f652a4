import Contract
import Kernel

/// The audits of several contexts as one list. Each is asked for its newest entries, as many as
/// the page could hold of it: so deep pages are refused, and found by `from` and `to` instead.
public struct AuditMerge: Sendable {
    /// What to ask each context.
    public let query: AuditTailQuery
    private let page: PageRequest

    /// - Throws: 422 for a page that is too deep.
    public init(_ filter: AuditFilter, _ page: PageRequest) throws(Fault) {
        let depth = page.offset + page.size
        let maximum = AuditTailQuery.maximumDepth
        guard depth <= maximum else {
            throw .invalid(
                "/page", "must stay within the newest \(maximum) entries; narrow from and to")
        }
        query = AuditTailQuery(filter: filter, limit: depth)
        self.page = page
    }

    /// Newest first, ties by id, as each of them is.
    public func callAsFunction(_ tails: [AuditTail]) -> Page<AuditEntryBody> {
        let merged = tails.flatMap(\.entries).sorted { ($0.at, $0.id) > ($1.at, $1.id) }
        // What can't be reached is not counted, so that every link leads somewhere.
        let total = min(AuditTailQuery.maximumDepth, tails.map(\.total).reduce(0, +))
        return Page(
            Array(merged.dropFirst(page.offset).prefix(page.size)), page, total: total)
    }
}
