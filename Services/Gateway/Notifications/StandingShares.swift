import Contract
import Kernel

/// Asks the contexts which shares still exist. A context that has failed once is not asked again:
/// the next round does.
struct StandingShares: Sendable {
    /// What is left of the shares that were asked about.
    typealias Answers = [ShareNotice: StandingSharesReply.Share]

    /// Of the last question that failed.
    private(set) var failure: (any Error)?
    private let contexts: [SharedKind: ShareNotices.Ask]
    private var away: Set<SharedKind> = []

    init(_ contexts: [SharedKind: ShareNotices.Ask]) { self.contexts = contexts }

    /// - Returns: nil if a context that has one of the shares does not answer.
    mutating func ask(_ notices: [ShareNotice]) async -> Answers? {
        var answers: Answers = [:]
        for (kind, some) in Dictionary(grouping: notices, by: \.kind) {
            // Its service isn't configured any more: nothing says that the shares exist.
            guard let ask = contexts[kind] else { continue }
            if away.contains(kind) { return nil }
            do {
                for start in stride(from: 0, to: some.count, by: StandingSharesQuery.maximum) {
                    let part = some[start...].prefix(StandingSharesQuery.maximum)
                    let reply = try await ask(StandingSharesQuery(ids: part.map(\.shareId)))
                    let found = Dictionary(
                        reply.shares.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
                    for notice in part { answers[notice] = found[notice.shareId] }
                }
            } catch {
                away.insert(kind)
                failure = error
                return nil
            }
        }
        return answers
    }
}
