import EntitiesContract
import Kernel
import SQLite

extension EntitiesUseCases {
    static let maximumChecks = EntityLimits.checks

    /// The first step of each, in order; nil where there is none, where the entity is missing, and
    /// where the caller may not ask because it is about another and he is no publisher.
    func checkAccess(_ queries: [AccessQuery], by caller: Caller) async throws -> [AccessStep?] {
        guard (1...Self.maximumChecks).contains(queries.count) else {
            throw Fault.invalid("/checks", "must hold 1–\(Self.maximumChecks) checks")
        }
        let findings = try database.read { reader in
            var findings: [AccessQuery: Finding] = [:]
            for query in queries where findings[query] == nil {
                findings[query] = try Self.finding(query, by: caller, in: reader)
            }
            return findings
        }
        let elsewhere = try await stepsElsewhere(findings.filter(\.value.isOpen).map(\.key))
        return queries.map { query in
            switch findings[query] {
            case .decided(let step): step
            case .open(let exists): exists ? elsewhere[query]?.first : nil
            case nil: nil
            }
        }
    }

    private enum Finding {
        case decided(AccessStep?)
        /// Only another context can know. Asked for missing entities too, as in `stepElsewhere`.
        case open(exists: Bool)

        var isOpen: Bool {
            if case .open = self { true } else { false }
        }
    }

    private static func finding(
        _ query: AccessQuery, by caller: Caller, in db: some Queryable
    ) throws -> Finding {
        let isOwn = query.userId == caller.userId
        let mayAsk = try isOwn || PublisherStore.contains(caller.userId, of: query.entityId, in: db)
        guard mayAsk, IDMinter.isWellFormed(query.entityId, prefix: "ent_") else {
            return .decided(nil)
        }
        if let step = try GrantStore.step(of: query, in: db) { return .decided(step) }
        return .open(exists: try EntityStore.exists(query.entityId, in: db))
    }
}
