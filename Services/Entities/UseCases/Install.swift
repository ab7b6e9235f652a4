import Journal
import Kernel
import SQLite

/// An installation as answers show it.
struct ListedInstallation: Sendable, Equatable {
    let installation: Installation
    let entity: Entity
    /// Whether the user still has access.
    let isUsable: Bool
}

extension EntitiesUseCases {
    /// Installs the entity for the caller, or changes the version of what he has installed.
    /// - Parameters:
    ///   - version: nil for the latest.
    ///   - expecting: hears whether there is one.
    func install(
        _ entityId: String, version: String?, by caller: Caller,
        expecting: @escaping Expectation<Bool> = { _ in }
    ) async throws -> Change<(ListedInstallation, isNew: Bool)> {
        let wanted = try version.map { try SemanticVersion($0, pointer: "/version") }
        return try await change(.install, on: entityId, by: caller) { [quotas] tx, entity in
            let query = AccessQuery(entityId: entityId, userId: caller.userId)
            let former = try InstallationStore.find(query, in: tx)
            try expecting(former != nil)
            if former == nil { try quotas.installations.check(for: caller.userId, in: tx) }
            let installation = Installation(
                entityId: entityId, userId: caller.userId,
                version: try Self.installable(wanted, of: entity, in: tx),
                installedAt: former?.installedAt ?? tx.now)
            try InstallationStore.save(installation, in: tx)
            let listed = ListedInstallation(
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
    func uninstall(
        _ entityId: String, by caller: Caller, expecting: @escaping Expectation<Bool> = { _ in }
    ) -> Change<Void> {
        let query = AccessQuery(entityId: entityId, userId: caller.userId)
        return change(by: caller) { tx in
            guard try InstallationStore.delete(query, in: tx) else { throw Fault.notFound }
            try expecting(true)
        }
    }
}
