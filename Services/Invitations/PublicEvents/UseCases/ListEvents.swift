import InvitationsContract
import Kernel
import SQLite
import WriteKit

/// Some events of a feed, in its order.
struct EventPage: Sendable, Equatable {
    let events: [PublicEvent]
    /// After which the next page begins.
    let next: Int
    let hasMore: Bool
}

extension WebhooksUseCases {
    /// Events that one page looks at, so that each costs the same, however few pass the filter.
    static let window = 2_000

    /// The next events of a scope that the caller can have.
    func listEvents(
        in scope: FeedScope, _ filter: EventFilter = EventFilter(), after number: Int, limit: Int,
        by caller: Caller
    ) async throws -> EventPage {
        try await rights.require(scope, for: caller)
        return try database.read { db in
            if filter.order == .ascending { try Self.requireKept(after: number, in: db) }
            return try Self.page(of: scope, filter, after: number, limit: limit, in: db)
        }
    }

    /// Whoever continues behind deleted events would miss some without noticing. From the
    /// beginning on, the feed begins with the first that is kept.
    private static func requireKept(after number: Int, in db: some Queryable) throws {
        guard number > 0, let deleted = try RetentionStore.mark(EventStore.retention, in: db),
            number < deleted
        else { return }
        throw Fault(
            WebhookProblems.eventsExpired,
            "Events up to the sequence \(deleted) were deleted, after \(number) as well. Read what "
                + "you have anew, and continue with after=\(deleted).")
    }

    private static func page(
        of scope: FeedScope, _ filter: EventFilter, after number: Int, limit: Int,
        in db: some Queryable
    ) throws -> EventPage {
        let window = filter.passesAll ? limit + 1 : window
        // The newest first begin before all that can be.
        let begin = filter.order == .descending && number == 0 ? Int.max : number
        let numbers =
            if let subject = filter.subject {
                try EventStore.numbers(
                    about: subject, filter.order, after: begin, limit: window, in: db)
            } else {
                try EventStore.numbers(
                    in: scope, filter.order, after: begin, limit: window, db)
            }
        var events: [PublicEvent] = []
        for number in numbers {
            guard let event = try EventStore.find(number, in: db),
                filter.pattern.matches(event.type), scope.includes(event)
            else { continue }
            if let last = events.last, events.count == limit {
                return EventPage(events: events, next: last.number, hasMore: true)
            }
            events.append(event)
        }
        return EventPage(
            events: events, next: numbers.last ?? number, hasMore: numbers.count == window)
    }
}
