import Kernel
import SQLite
import WriteKit

extension OrganizationsUseCases {
    /// For members whose role can publish, and for the entity's owner, from any store.
    func deletePublication(
        _ id: String, of reference: String, by caller: Caller
    ) async throws -> PendingWrite<Publication, Void> {
        let admit = publicationAdmission(of: caller, to: id, on: reference)
        let owned = try await ownedEntity(of: id, of: reference, caller, unlessAdmittedBy: admit)
        let admitOwner: Admission<Publication> = { db in
            if let owned, let found = try Self.find(id, of: reference, in: db),
                OrganizationPolicy.canRemove(found, owner: owned)
            {
                return found
            }
            return try admit(db)
        }
        return write(by: caller, admit: admitOwner) { [self] tx, publication in
            try remove(publication, by: caller, in: tx)
        }
    }

    /// The entity of a publication, if the caller needs to be its owner and is.
    ///
    /// The entities context is asked even if there is no publication: otherwise an outage, or
    /// timing, would distinguish missing ones from hidden ones.
    private func ownedEntity(
        of id: String, of reference: String, _ caller: Caller,
        unlessAdmittedBy admit: Admission<Publication>
    ) async throws -> EntityStanding? {
        let found = try database.read { db -> Publication?? in
            do {
                _ = try admit(db)
                return nil
            } catch is Fault {
                return .some(try Self.find(id, of: reference, in: db))
            }
        }
        guard let found else { return nil }
        let entityId = found?.entity.id ?? "ent_" + String(repeating: "0", count: 26)
        let entity = try await standing(of: caller, to: entityId)
        return entity?.isOwner == true ? entity : nil
    }

    private static func find(
        _ id: String, of reference: String, in db: some Queryable
    ) throws -> Publication? {
        try OrganizationStore.find(reference, in: db).flatMap {
            try PublicationStore.find(id, of: $0.id, in: db)
        }
    }

    func remove(_ publication: Publication, by caller: Caller, in tx: Transaction) throws {
        try PublicationStore.delete(publication.id, in: tx)
        try audit.record(.removed(publication), by: caller, in: tx)
    }
}
