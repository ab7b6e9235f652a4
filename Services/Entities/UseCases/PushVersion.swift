import Kernel
import SQLite
import WriteKit

extension EntitiesUseCases {
    func pushVersion(
        _ draft: VersionDraft, of entityId: String, by caller: Caller
    ) async throws -> PendingWrite<AccessibleEntity, Version> {
        try await change(.pushVersion, on: entityId, by: caller) {
            [ids, audit, quotas] tx, found in
            let entity = found.entity
            let number = draft.version
            let latest = entity.latestVersion.flatMap { SemanticVersion($0) }
            let existing = try VersionStore.find(number.precedence, of: entityId, in: tx)
            try VersionRules.checkPush(draft, exists: existing != nil, latest: latest)
            try quotas.versions.check(for: caller.userId, in: tx)
            let version = Version(
                id: ids.make("ver_"), entityId: entityId, version: number.description,
                packageUrl: draft.packageUrl, sha256: draft.sha256, notes: draft.notes,
                publishedBy: caller.userId, createdAt: tx.now)
            try VersionStore.insert(version, precedence: number.precedence, in: tx)
            try audit.record(.published(version, for: entity.audience), by: caller, in: tx)
            if latest.map({ $0 < number }) ?? true {
                var entity = entity
                entity.latestVersion = number.description
                entity.touch(tx.now)
                try EntityStore.update(entity, in: tx)
            }
            return version
        }
    }
}
