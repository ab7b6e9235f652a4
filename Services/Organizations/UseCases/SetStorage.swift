import Kernel
import SQLite
import WriteKit

extension OrganizationsUseCases {
    /// Checks a bucket first; if that fails, nothing changes.
    func setStorage(
        of reference: String, to draft: StorageDraft, by caller: Caller
    ) -> PendingWrite<(Organization, Storage), Storage> {
        let admit = admission(of: caller, to: .configure, on: reference)
        let find: Admission<(Organization, Storage)> = { db in
            let organization = try admit(db).organization
            return (organization, try StorageStore.find(organization.id, in: db))
        }
        let ask: @Sendable ((Organization, Storage)) async throws -> Void = { [storage] _ in
            guard case .external(let bucket, let secret) = draft else { return }
            try await storage.prove(bucket, secret: secret, for: caller.userId)
        }
        return PendingWrite(in: database, admit: find, asking: ask) { [self] tx, found, _ in
            let (organization, former) = found
            switch draft {
            case .managed:
                guard former != .managed else { return former }
                try StorageStore.delete(organization.id, in: tx)
            case .external(let bucket, let secret):
                let sealed = vault.seal(
                    secret, in: .storageSecret(organizationId: organization.id))
                try StorageStore.save(
                    bucket, sealedSecret: sealed, of: organization.id, in: tx)
            }
            let storage = try StorageStore.find(organization.id, in: tx)
            try audit.record(.configured(organization, former, storage), by: caller, in: tx)
            return storage
        }
    }
}
