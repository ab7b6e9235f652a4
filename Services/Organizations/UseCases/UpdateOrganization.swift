import Journal
import Kernel
import SQLite

extension OrganizationsUseCases {
    func updateOrganization(
        _ reference: String, _ wanted: OrganizationChange, by caller: Caller
    ) -> Change<OrganizationDetails, OrganizationDetails> {
        change(.update, of: reference, by: caller, needsNames: true) {
            [self] tx, admitted, persons in
            let (organization, standing) = admitted
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
