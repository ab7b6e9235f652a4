import Kernel
import SQLite
import WriteKit

extension OrganizationsUseCases {
    func updateOrganization(
        _ reference: String, _ update: OrganizationUpdate, by caller: Caller
    ) -> PendingWrite<OrganizationDetails, OrganizationDetails> {
        change(.update, of: reference, by: caller, needsNames: true) {
            [self] tx, admitted, profiles in
            let (organization, standing) = admitted
            let changed = update.applied(to: organization)
            if changed.slug != organization.slug,
                try OrganizationStore.isSlugTaken(changed.slug, in: tx)
            {
                throw Fault(.slugTaken)
            }
            try OrganizationStore.externalIds.check(
                changed.externalId, insteadOf: organization.externalId, by: caller, in: tx)
            if changed != organization {
                try OrganizationStore.update(changed, in: tx)
                try audit.record(.updated(organization, changed), by: caller, in: tx)
            }
            return try details(of: changed, standing, profiles, for: caller, in: tx)
        }
    }
}
