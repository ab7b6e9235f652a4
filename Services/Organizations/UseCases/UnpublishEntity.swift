import Kernel
import WriteKit

extension OrganizationsUseCases {
    /// For publishers of the entity.
    func unpublish(
        _ entityId: String, from reference: String, by caller: Caller
    ) async throws -> PendingWrite<Publication, Void> {
        let admit = try await publisherAdmission(of: caller, to: entityId, on: reference)
        let find: Admission<Publication> = { db in
            let organizationId = try admit(db).0.id
            guard
                let found = try PublicationStore.find(
                    entity: entityId, of: organizationId, in: db)
            else { throw Fault.notFound }
            return found
        }
        return write(by: caller, admit: find) { [audit] tx, found in
            try PublicationStore.delete(found.id, in: tx)
            try audit.record(.removed(found), by: caller, in: tx)
        }
    }
}
