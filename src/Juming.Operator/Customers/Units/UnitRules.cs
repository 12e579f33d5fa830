using FluentValidation;
using Juming.Operator.Customers.Data;
using Juming.Platform.Handlers;
using Microsoft.EntityFrameworkCore;

namespace Juming.Operator.Customers.Units;

/// <summary>Rules of the tree.</summary>
internal static class UnitRules
{
    /// <summary>Units below a customer.</summary>
    public const int MostDepth = 6;

    /// <summary>Customers and units in all, and sites in all.</summary>
    public const int Most = 20_000;

    /// <summary>A name for people: one line, not empty.</summary>
    public static IRuleBuilderOptions<T, string?> IsName<T>(this IRuleBuilder<T, string?> rule) =>
        rule.Must(n => n is null || (n.Trim().Length is > 0 and <= 100 && !n.Any(char.IsControl))).WithMessage("A name has 1 to 100 characters and no line breaks.");

    /// <summary>Why a unit can't lie under another of its customer; null when it can.</summary>
    public static async Task<Error?> ProblemUnder(CustomersDb db, UnitRow? unit, Guid customer, Guid parent, CancellationToken ct)
    {
        var rows = await db.Units.AsNoTracking().Where(u => u.CustomerId == customer).ToDictionaryAsync(u => u.Id, ct);
        if (!rows.TryGetValue(parent, out var at)) return CustomerErrors.NoSuchUnit;
        if (at.ArchivedAt is not null) return CustomerErrors.Archived;
        var depth = 1;
        for (var above = at; ; above = rows[above.ParentId], depth++)
        {
            if (unit is not null && above.Id == unit.Id) return CustomerErrors.NotBelowItself;
            if (above.ParentId == Guid.Empty) break;
        }
        return depth + (unit is null ? 0 : Height(rows.Values.ToLookup(r => r.ParentId), unit.Id)) > MostDepth ? CustomerErrors.TooDeep : null;
    }

    private static int Height(ILookup<Guid, UnitRow> below, Guid unit) => below[unit].Select(u => 1 + Height(below, u.Id)).DefaultIfEmpty(0).Max();
}
