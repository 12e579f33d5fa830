namespace Juming.Platform.Access;

/// <summary>Sets of roles as accounts hold them.</summary>
internal static class RoleSet
{
    private static readonly Role[] Administrators = [Role.SystemAdmin, Role.SecurityAdmin, Role.AuditAdmin];

    public static IReadOnlyList<Role> Parse(string roles) =>
        [.. roles.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Where(r => Enum.TryParse<Role>(r, out _)).Select(Enum.Parse<Role>)];

    public static string Write(IEnumerable<Role> roles) => string.Join(',', roles.Distinct().Order());

    /// <summary>Those of the three administrators' roles that a set holds.</summary>
    public static IEnumerable<Role> AdministratorsOf(IEnumerable<Role> roles) => roles.Distinct().Where(Administrators.Contains);

    /// <summary>Separation of the three administrators: no person holds two.</summary>
    public static bool AreSeparated(IEnumerable<Role> roles) => AdministratorsOf(roles).Count() <= 1;
}
