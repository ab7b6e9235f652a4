import Kernel
import SQLite
import WriteKit

extension OrganizationsUseCases {
    /// For publishers of the entity who are members, and for its owner, from any store.
    func unpublish(
        _ entityId: String, from reference: String, by caller: Caller
    ) async throws -> PendingWrite<Publication, Void> {
        let isId = IDMinter.isWellFormed(entityId, prefix: "ent_")
        let entity = isId ? try await standing(of: caller, to: entityId) : nil
        let admit = admission(of: caller, to: .publish, on: reference)
        let find: Admission<Publication> = { db in
            func publication(in id: String?) throws -> Publication? {
                try id.flatMap { try PublicationStore.find(entity: entityId, of: $0, in: db) }
            }
            if let entity,
                let found = try publication(in: OrganizationStore.find(reference, in: db)?.id),
                OrganizationPolicy.canRemove(found, owner: entity)
            {
                return found
            }
            let organization = try admit(db).organization
            guard try !Tombstone.entity.contains(entityId, in: db) else { throw Fault.notFound }
            _ = try Self.requirePublisher(caller, of: entity, entityId, in: db)
            guard let found = try publication(in: organization.id) else { throw Fault.notFound }
            return found
        }
        return write(by: caller, admit: find) { [self] tx, found in
            try remove(found, by: caller, in: tx)
        }
    }
}
