namespace Juming.Platform.Access;

/// <summary>Tells other modules which people there are, so that work is given to somebody who exists.</summary>
public interface IPeople
{
    /// <summary>Names of the accounts in use whose roles hold a permission, in order of their names.</summary>
    Task<IReadOnlyList<string>> Holding(string permission, CancellationToken ct);

    /// <summary>The accounts in use whose roles hold a permission, in order of their names.</summary>
    Task<IReadOnlyList<Person>> PeopleHolding(string permission, CancellationToken ct);
}

/// <summary>An account in use.</summary>
/// <param name="Id">Identity.</param>
/// <param name="Name">Name.</param>
public sealed record Person(Guid Id, string Name);

/// <summary>Tells which people there are, with what they are chosen by when something is to reach them.</summary>
public interface IPersonDirectory
{
    /// <summary>The accounts in use whose roles hold at this host, in order of their names.</summary>
    Task<IReadOnlyList<PersonBrief>> Active(CancellationToken ct);
}

/// <summary>A person.</summary>
/// <param name="Id">Identity.</param>
/// <param name="Name">Name.</param>
/// <param name="Roles">Roles.</param>
public sealed record PersonBrief(Guid Id, string Name, IReadOnlyList<Role> Roles);
