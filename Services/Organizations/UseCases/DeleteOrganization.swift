import Contract
import Kernel
import OrganizationsContract
import SQLite
import WriteKit

extension OrganizationsUseCases {
    /// Deletes its memberships, roles and store too, and notifies the entities context.
    func deleteOrganization(
        _ reference: String, by caller: Caller
    ) -> PendingWrite<OrganizationDetails, Void> {
        change(.delete, of: reference, by: caller) { [self] tx, admitted, _ in
            var budget = RowBudget(jobRows)
            try delete(admitted.organization, by: caller, &budget, in: tx)
        }
    }

    /// Deletes an organization at once; if its members and publications are many, a job deletes
    /// their rows.
    func delete(
        _ organization: Organization, by actor: Caller, _ budget: inout RowBudget,
        in tx: Transaction
    ) throws {
        let job = OrganizationsJob.deleteOrganization(
            organizationId: organization.id, actor: EventActor(actor))
        if try !jobs.begin(job, &budget, in: tx) {
            try OrganizationStore.hide(organization.id, in: tx)
        }
        try audit.record(.deleted(organization), by: actor, in: tx)
        let fact = OrganizationDeleted(
            organizationId: organization.id, actor: EventActor(actor))
        try emit(OrganizationDeleted.type, fact, in: tx)
    }

    /// The organization's own row is deleted last: the others refer to it.
    /// - Returns: whether all rows are deleted.
    func deleteRows(
        of organizationId: String, by actor: Caller, _ budget: inout RowBudget,
        in tx: Transaction
    ) throws -> Bool {
        let publications = try PublicationStore.some(
            ofStore: organizationId, limit: budget.left, in: tx)
        for publication in publications {
            try PublicationStore.delete(publication.id, in: tx)
            try audit.record(.removed(publication), by: actor, in: tx)
        }
        budget.spend(publications.count)
        let members = try MembershipStore.first(budget.left, of: organizationId, in: tx)
        for member in members {
            try MembershipStore.delete(member.userId, in: organizationId, tx)
            try audit.record(.removed(member), by: actor, in: tx)
        }
        budget.spend(members.count)
        guard !budget.isSpent else { return false }
        try OrganizationStore.delete(organizationId, in: tx)
        return true
    }
}
