import Kernel
import SQLite
import WriteKit

/// An installation as responses show it.
struct InstallationWithEntity: Sendable, Equatable {
    let installation: Installation
    let entity: Entity
    /// Whether the user still has access.
    let isUsable: Bool
}

extension EntitiesUseCases {
    /// Installs the entity for the caller, or changes the installed version.
    /// - Parameter version: by default the latest.
    /// - Returns: a write whose conditions are checked against the previous installation.
    func install(
        _ entityId: String, version: String?, by caller: Caller
    ) async throws -> PendingWrite<Installation?, (InstallationWithEntity, isNew: Bool)> {
        let requested = try version.map { try SemanticVersion($0, pointer: "/version") }
        let query = AccessQuery(entityId: entityId, userId: caller.userId)
        return write(
            by: caller, admit: try await admission(of: caller, to: .install, on: entityId),
            showing: { tx, _ in try InstallationStore.find(query, in: tx) }
        ) { [self] tx, found in
            try settleOffboarding(of: caller.userId, on: entityId, in: tx)
            let (entity, former) = (found.entity, try InstallationStore.find(query, in: tx))
            if former == nil { try quotas.installations.check(for: caller.userId, in: tx) }
            let installation = Installation(
                entityId: entityId, userId: caller.userId,
                version: try Self.installable(requested, of: entity, in: tx),
                installedAt: former?.installedAt ?? tx.now)
            try InstallationStore.save(installation, in: tx)
            let listed = InstallationWithEntity(
                installation: installation, entity: entity, isUsable: true)
            return (listed, isNew: former == nil)
        }
    }

    private static func installable(
        _ requested: SemanticVersion?, of entity: Entity, in tx: Transaction
    ) throws -> String? {
        guard let requested else { return entity.latestVersion }
        let found = try VersionStore.find(requested.precedence, of: entity.id, in: tx)
        guard let found, found.version == requested.description else {
            throw Fault.invalid("/version", "must be a version of the entity")
        }
        return found.version
    }
}
