import Contract
import Kernel
import SQLite
import TestSupport
import Testing
import WriteKit

/// What a context says of its entries when those of several are merged.
@Suite struct AuditTailTests {
    let world: JournalWorld

    /// Forty entries, about two things, by two users.
    init() async throws {
        world = try JournalWorld()
        for number in 0..<40 {
            let thing = number % 3 == 0 ? "ent_1" : "ent_2"
            try await world.record(
                AuditEvent(
                    TestChange.integrationUpdated, thing, about: thing, for: .platform,
                    after: [:]),
                by: Caller(userId: number % 2 == 0 ? "usr_ada" : "usr_bob", tokenId: "tok_1"))
        }
    }

    private func tail(_ query: AuditTailQuery) throws -> AuditTail {
        try world.database.read { try AuditStore.tail(query, in: $0) }
    }

    private var filters: [AuditFilter] {
        [
            AuditFilter(), AuditFilter(about: "ent_2"), AuditFilter(actorId: "usr_ada"),
            AuditFilter(about: "ent_2", actorId: "usr_ada"),
        ]
    }

    @Test func `every sixteenth entry is a place, up to the depth`() throws {
        for filter in filters {
            let all = try world.list(filter, PageRequest(page: 1, size: 100)).items
            let answer = try tail(AuditTailQuery(filter: filter, limit: 0, depth: 33))
            let places = stride(from: 15, to: min(33, all.count), by: 16).map { all[$0].id }
            #expect(answer.places?.map(\.id) == places)
            #expect(answer.entries.isEmpty && answer.total == all.count && answer.newer == nil)
        }
    }

    @Test func `a cursor passes what is newer, and says how many`() throws {
        for filter in filters {
            let all = try world.list(filter, PageRequest(page: 1, size: 100)).items
            let cursor = AuditCursor(at: all[4].at, id: all[4].id)
            let answer = try tail(AuditTailQuery(filter: filter, limit: 2, before: cursor))
            #expect(answer.entries == Array(all[5..<7]))
            #expect(answer.newer == 5 && answer.total == all.count && answer.places == nil)
            let first = try tail(
                AuditTailQuery(filter: filter, limit: 1, before: .beginning))
            #expect(first.entries == [all[0]] && first.newer == 0)
        }
    }

    @Test func `entries outside of the times don't count`() throws {
        for var filter in filters {
            let all = try world.list(filter, PageRequest(page: 1, size: 100)).items
            (filter.from, filter.to) = (all[5].at, all[1].at)
            let answer = try tail(AuditTailQuery(filter: filter, limit: 100, depth: 100))
            #expect(answer.entries == Array(all[2...5]) && answer.total == 4)
            let cursor = AuditCursor(at: all[3].at, id: all[3].id)
            let rest = try tail(AuditTailQuery(filter: filter, limit: 9, before: cursor))
            #expect(rest.entries == Array(all[4...5]) && rest.newer == 2)
        }
    }
}
