import Kernel
import SQLite
import WriteKit

extension OrganizationsUseCases {
    /// Shows it to everybody, or to members alone. To everybody only by who could publish it so:
    /// one of the entity's publishers.
    func updatePublication(
        _ id: String, of reference: String, isPublic: Bool?, by caller: Caller
    ) -> PendingWrite<Publication, Publication> {
        PendingWrite(
            in: database, admit: publicationAdmission(of: caller, to: id, on: reference),
            asking: { [self] publication in
                let widens = isPublic == true && !publication.isPublic
                guard widens else { return false }
                let entityId = publication.entity.id
                let entity = try await standing(of: caller, to: entityId)
                _ = try database.read {
                    try Self.publisher(caller, of: entity, entityId, in: $0)
                }
                return true
            }
        ) { [audit] tx, publication, isPublisher in
            let changed = publication.updated(isPublic: isPublic, at: tx.now)
            guard changed != publication else { return publication }
            // Somebody has closed it since it was looked at.
            guard isPublisher || !changed.isPublic else { throw AskAgain() }
            try PublicationStore.update(changed, in: tx)
            try audit.record(.updated(publication, changed), by: caller, in: tx)
            return changed
        }
    }

    /// What the caller does not see is missing, before anything is said about their rights.
    func publicationAdmission(
        of caller: Caller, to id: String, on reference: String
    ) -> Admission<Publication> {
        let admit = admission(of: caller, to: .seeStore, on: reference)
        return { db in
            let (organization, standing) = try admit(db)
            let found = try Self.visiblePublication(id, of: organization, standing, in: db)
            try OrganizationPolicy.authorize(.publish, standing)
            return found
        }
    }
}
