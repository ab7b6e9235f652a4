import Kernel
import SQLite
import WriteKit

/// An installation as answers show it.
struct InstallationWithEntity: Sendable, Equatable {
    let installation: Installation
    let entity: Entity
    /// Whether the user still has access.
    let isUsable: Bool
}

extension EntitiesUseCases {
    /// Installs the entity for the caller, or changes the version of what he has installed.
    /// - Parameter version: nil for the latest.
    /// - Returns: a change that shows what is installed before it.
    func install(
        _ entityId: String, version: String?, by caller: Caller
    ) async throws -> PendingWrite<Installation?, (InstallationWithEntity, isNew: Bool)> {
        let wanted = try version.map { try SemanticVersion($0, pointer: "/version") }
        let query = AccessQuery(entityId: entityId, userId: caller.userId)
        return PendingWrite(
            in: database, admit: try await admission(of: caller, to: .install, on: entityId),
            asking: { _, _ in },
            showing: { tx, _, _ in try InstallationStore.find(query, in: tx) }
        ) { [quotas] tx, found, _ in
            let (entity, former) = (found.entity, try InstallationStore.find(query, in: tx))
            if former == nil { try quotas.installations.check(for: caller.userId, in: tx) }
            let installation = Installation(
                entityId: entityId, userId: caller.userId,
                version: try Self.installable(wanted, of: entity, in: tx),
                installedAt: former?.installedAt ?? tx.now)
            try InstallationStore.save(installation, in: tx)
            let listed = InstallationWithEntity(
                installation: installation, entity: entity, isUsable: true)
            return (listed, isNew: former == nil)
        }
    }

    private static func installable(
        _ wanted: SemanticVersion?, of entity: Entity, in tx: Transaction
    ) throws -> String? {
        guard let wanted else { return entity.latestVersion }
        let found = try VersionStore.find(wanted.precedence, of: entity.id, in: tx)
        guard let found, found.version == wanted.description else {
            throw Fault.invalid("/version", "must be a version of the entity")
        }
        return found.version
    }

    /// Also without access: what one has, one may throw away.
    func uninstall(_ entityId: String, by caller: Caller) -> PendingWrite<Installation, Void> {
        let query = AccessQuery(entityId: entityId, userId: caller.userId)
        let admit: Admission<Installation> = { db in
            try Tombstone.check(caller, in: db)
            guard let found = try InstallationStore.find(query, in: db) else {
                throw Fault.notFound
            }
            return found
        }
        return PendingWrite(in: database, admit: admit) { tx, _ in
            _ = try InstallationStore.delete(query, in: tx)
        }
    }
}
