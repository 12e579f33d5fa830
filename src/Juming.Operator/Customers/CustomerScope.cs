using Juming.Platform.Access;

namespace Juming.Operator.Customers;

/// <summary>Scopes of customers.</summary>
internal static class CustomerScope
{
    /// <summary>Their kind.</summary>
    public const string Kind = "customer";

    /// <summary>That of one customer.</summary>
    public static Scope Of(Guid customer) => new(Kind, customer.ToString());
}
