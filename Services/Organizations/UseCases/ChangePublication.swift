import Journal
import Kernel
import SQLite

extension OrganizationsUseCases {
    /// Shows it to everybody, or to members alone.
    func updatePublication(
        _ id: String, of reference: String, isPublic: Bool?, by caller: Caller,
        expecting: @escaping Expectation<Publication> = { _ in }
    ) -> Change<Publication> {
        changePublication(id, of: reference, by: caller) { [audit] tx, publication in
            try expecting(publication)
            let changed = publication.showing(publicly: isPublic, at: tx.now)
            if changed != publication {
                try PublicationStore.update(changed, in: tx)
                try audit.record(.updated(publication, changed), by: caller, in: tx)
            }
            return changed
        }
    }

    func deletePublication(
        _ id: String, of reference: String, by caller: Caller,
        expecting: @escaping Expectation<Publication> = { _ in }
    ) -> Change<Void> {
        changePublication(id, of: reference, by: caller) { [audit] tx, publication in
            try expecting(publication)
            try PublicationStore.delete(publication.id, in: tx)
            try audit.record(.removed(publication), by: caller, in: tx)
        }
    }

    /// What the caller does not see is missing, before anything is said about his rights.
    private func changePublication<T: Sendable>(
        _ id: String, of reference: String, by caller: Caller,
        _ body: @escaping @Sendable (Transaction, Publication) throws -> T
    ) -> Change<T> {
        change(.seeStore, on: reference, by: caller) { tx, organization, standing in
            let found = try Self.visiblePublication(id, of: organization, standing, in: tx)
            try OrganizationPolicy.authorize(.publish, standing)
            return try body(tx, found)
        }
    }
}
