using System.Collections.Frozen;
using Juming.Platform.Handlers;

namespace Juming.Platform.Access;

/// <summary>A named set of permissions. The three administrators are separated: nobody holds two of them unless the host is marked a trial.</summary>
public enum Role
{
    /// <summary>Looks, changes nothing.</summary>
    Viewer = 1,

    /// <summary>Works on alerts and incidents.</summary>
    Analyst = 2,

    /// <summary>System administrator: accounts, settings, sources, storage. Sees no raw events.</summary>
    SystemAdmin = 10,

    /// <summary>Security administrator: rules, permissions, policies.</summary>
    SecurityAdmin = 11,

    /// <summary>Audit administrator: reads and verifies the audit trail, changes nothing.</summary>
    AuditAdmin = 12,
}

/// <summary>All permissions of the running tier, found by scanning its assemblies.</summary>
public static class Permissions
{
    /// <summary>Code of a permission type.</summary>
    public static string CodeOf(Type permission) => (string)permission.GetProperty(nameof(IPermission.Code))!.GetValue(null)!;

    /// <summary>Roles of a permission type.</summary>
    public static IReadOnlyList<Role> RolesOf(Type permission) => (IReadOnlyList<Role>)permission.GetProperty(nameof(IPermission.Roles))!.GetValue(null)!;
}

/// <summary>Which role holds which permission in this host.</summary>
public sealed class PermissionMap
{
    private readonly FrozenDictionary<Role, FrozenSet<string>> _byRole;

    /// <summary>Reads every permission type.</summary>
    public PermissionMap(IEnumerable<Type> permissions)
    {
        var pairs = permissions.SelectMany(p => Permissions.RolesOf(p).Select(r => (Role: r, Code: Permissions.CodeOf(p)))).ToList();
        All = pairs.Select(p => p.Code).ToFrozenSet();
        _byRole = pairs.GroupBy(p => p.Role).ToFrozenDictionary(g => g.Key, g => g.Select(p => p.Code).ToFrozenSet());
    }

    /// <summary>Every code.</summary>
    public FrozenSet<string> All { get; }

    /// <summary>What a set of roles may do.</summary>
    public FrozenSet<string> Of(IEnumerable<Role> roles) => roles.SelectMany(r => _byRole.GetValueOrDefault(r, FrozenSet<string>.Empty)).ToFrozenSet();
}
