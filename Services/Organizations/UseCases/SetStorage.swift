import Kernel
import SQLite
import WriteKit

extension OrganizationsUseCases {
    /// Checks a bucket first; if that fails, nothing changes.
    func setStorage(
        of reference: String, to draft: StorageDraft, by caller: Caller
    ) -> PendingWrite<Storage, Storage> {
        let admit = admission(of: caller, to: .configure, on: reference)
        return write(
            by: caller, admit: admit,
            asking: { [storage] _, _ in
                guard case .external(let bucket, let secret) = draft else { return }
                try await storage.prove(bucket, secret: secret, for: caller.userId)
            },
            showing: { db, admitted, _ in try StorageStore.find(admitted.organization.id, in: db) }
        ) { [self] tx, admitted, _ in
            let organization = admitted.organization
            let former = try StorageStore.find(organization.id, in: tx)
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
