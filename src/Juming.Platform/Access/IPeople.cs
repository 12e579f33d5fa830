namespace Juming.Platform.Access;

/// <summary>Tells other modules which people there are at this host, so that work is given to, and something told to, somebody who exists.</summary>
public interface IPeople
{
    /// <summary>The accounts in use whose roles hold here, in order of their names.</summary>
    Task<IReadOnlyList<Person>> Active(CancellationToken ct);

    /// <summary>Those of them whose roles hold a permission.</summary>
    Task<IReadOnlyList<Person>> Holding(string permission, CancellationToken ct);
}

/// <summary>An account in use.</summary>
/// <param name="Id">Identity.</param>
/// <param name="Name">Name.</param>
/// <param name="Roles">Roles.</param>
public sealed record Person(Guid Id, string Name, IReadOnlyList<Role> Roles);
