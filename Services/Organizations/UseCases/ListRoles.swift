import Kernel

extension OrganizationsUseCases {
    /// Newest first, the built-in ones last.
    func listRoles(
        of reference: String, _ page: PageRequest, by caller: Caller
    ) throws -> Page<Role> {
        let roles = try read(.see, on: reference, by: caller) { reader, organization, _ in
            try RoleStore.all(of: organization.id, in: reader)
        }
        let items = roles.dropFirst(page.offset).prefix(page.size)
        return Page(Array(items), page, total: roles.count)
    }
}
