import Journal
import Kernel
import SQLite

extension OrganizationsUseCases {
    func updateOrganization(
        _ reference: String, _ wanted: OrganizationChange, by caller: Caller,
        expecting: @escaping Expectation<OrganizationDetails> = { _ in }
    ) async throws -> Change<OrganizationDetails> {
        let persons = try await personsShown(of: reference, by: caller)
        return change(.update, on: reference, by: caller) { [self] tx, organization, standing in
            try expecting(
                try details(of: organization, standing, persons, for: caller, in: tx))
            let changed = wanted.applied(to: organization)
            if changed.slug != organization.slug,
                try OrganizationStore.isSlugTaken(changed.slug, in: tx)
            {
                throw Slug.taken
            }
            if changed != organization {
                try OrganizationStore.update(changed, in: tx)
                try audit.record(.updated(organization, changed), by: caller, in: tx)
            }
            return try details(of: changed, standing, persons, for: caller, in: tx)
        }
    }
}
