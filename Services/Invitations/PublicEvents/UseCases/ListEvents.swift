import Kernel
import SQLite

extension WebhooksUseCases {
    /// The caller's next events, and whether there are more.
    func listEvents(
        after sequence: Int, limit: Int, by caller: Caller
    ) throws -> (events: [PublicEvent], hasMore: Bool) {
        let found = try database.read {
            try EventStore.list(
                for: caller.userId, after: sequence, limit: limit + 1, in: $0)
        }
        return (Array(found.prefix(limit)), found.count > limit)
    }
}
