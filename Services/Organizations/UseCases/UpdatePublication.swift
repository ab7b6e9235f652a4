import Kernel
import SQLite
import WriteKit

extension OrganizationsUseCases {
    /// Shows a publication to everyone, or to members only. Only a publisher of the entity can make
    /// it public.
    func updatePublication(
        _ id: String, of reference: String, isPublic: Bool?, by caller: Caller
    ) -> PendingWrite<Publication, Publication> {
        write(
            by: caller, admit: publicationAdmission(of: caller, to: id, on: reference),
            asking: { [self] publication in
                let widens = isPublic == true && !publication.isPublic
                guard widens else { return false }
                let entityId = publication.entity.id
                let entity = try await standing(of: caller, to: entityId)
                _ = try database.read {
                    try Self.requirePublisher(caller, of: entity, entityId, in: $0)
                }
                return true
            }
        ) { [audit] tx, publication, isPublisher in
            let changed = publication.updated(isPublic: isPublic, at: tx.now)
            guard changed != publication else { return publication }
            // It was made non-public after the publisher check was skipped.
            guard isPublisher || !changed.isPublic else { throw AskAgain() }
            try PublicationStore.update(changed, in: tx)
            try audit.record(.updated(publication, changed), by: caller, in: tx)
            return changed
        }
    }

    /// A publication that the caller can't see is a 404, before permissions are checked.
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
