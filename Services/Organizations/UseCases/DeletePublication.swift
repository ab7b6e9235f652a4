import Kernel
import WriteKit

extension OrganizationsUseCases {
    func deletePublication(
        _ id: String, of reference: String, by caller: Caller
    ) -> PendingWrite<Publication, Void> {
        write(
            by: caller, admit: publicationAdmission(of: caller, to: id, on: reference)
        ) { [audit] tx, publication in
            try PublicationStore.delete(publication.id, in: tx)
            try audit.record(.removed(publication), by: caller, in: tx)
        }
    }
}
