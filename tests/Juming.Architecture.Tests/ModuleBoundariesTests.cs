using System.Reflection;
using Juming.Platform.Modules;
using NetArchTest.Rules;
using NUnit.Framework;
using Module = Juming.Platform.Modules.Module;

namespace Juming.Architecture.Tests;

/// <summary>A module uses only the root namespace of another, and no two modules use each other.</summary>
[Category("X1")]
public sealed class ModuleBoundariesTests
{
    private static readonly IReadOnlyList<Type> Modules = [.. Tiers.All.SelectMany(t => PlatformServices.Assemblies(t.Modules)).Distinct()
        .SelectMany(a => a.GetTypes()).Where(t => t.IsSubclassOf(typeof(Module)))];

    [Test]
    public void A_module_uses_only_the_root_of_another()
    {
        var pairs = 0;
        var leaks = new List<string>();
        foreach (var user in Modules)
            foreach (var used in Modules.Where(m => m != user && !Nested(m, user)))
            {
                pairs++;
                leaks.AddRange(LeaksInto(user.Assembly, user.Namespace!, used.Assembly, used.Namespace!));
            }
        TestContext.Out.WriteLine($"{Modules.Count} modules, {pairs} pairs");
        Assert.That(leaks, Is.Empty);
    }

    [Test]
    public void A_planted_leak_is_found() =>
        Assert.That(LeaksInto(typeof(ModuleBoundariesTests).Assembly, "Juming.Architecture.Tests.Planted.User", typeof(ModuleBoundariesTests).Assembly, "Juming.Architecture.Tests.Planted.Used"), Has.Count.EqualTo(1));

    [Test]
    public void Modules_form_no_cycle()
    {
        var uses = Modules.ToDictionary(m => m, user => Modules.Where(used => used != user && !Nested(used, user) &&
            !Types.InAssembly(user.Assembly).That().ResideInNamespace(user.Namespace!).ShouldNot().HaveDependencyOn(used.Namespace!).GetResult().IsSuccessful).ToList());
        var cycles = uses.Where(u => Reaches(uses, u.Value, u.Key, [])).Select(u => $"{u.Key.Name} -> {string.Join(", ", u.Value.Select(v => v.Name))}");
        Assert.That(cycles, Is.Empty);
    }

    [Test]
    public void Pipelines_know_no_database_context_no_mediator_and_no_container()
    {
        var result = Types.InAssemblies([.. Modules.Select(m => m.Assembly).Distinct()])
            .That().ResideInNamespaceEndingWith(".Pipeline")
            .ShouldNot().HaveDependencyOnAny("Microsoft.EntityFrameworkCore", "MediatR", "System.IServiceProvider").GetResult();
        Assert.That(result.FailingTypeNames ?? [], Is.Empty);
    }

    [Test]
    public void Pages_use_no_database_context()
    {
        var result = Types.InAssemblies([.. Modules.Select(m => m.Assembly).Append(typeof(Tiers).Assembly).Distinct()])
            .That().Inherit(typeof(Microsoft.AspNetCore.Components.ComponentBase))
            .ShouldNot().HaveDependencyOn("Microsoft.EntityFrameworkCore").GetResult();
        Assert.That(result.FailingTypeNames ?? [], Is.Empty);
    }

    private static List<string> LeaksInto(Assembly userAssembly, string user, Assembly usedAssembly, string used)
    {
        var inner = usedAssembly.GetTypes().Select(t => t.Namespace).Where(n => n is not null && n.StartsWith(used + ".", StringComparison.Ordinal)).Distinct().ToArray();
        if (inner.Length == 0) return [];
        var result = Types.InAssembly(userAssembly).That().ResideInNamespace(user).ShouldNot().HaveDependencyOnAny(inner!).GetResult();
        return [.. (result.FailingTypeNames ?? []).Select(t => $"{t} uses the inside of {used}")];
    }

    private static bool Nested(Type inner, Type outer) =>
        inner.Namespace!.StartsWith(outer.Namespace + ".", StringComparison.Ordinal) || outer.Namespace!.StartsWith(inner.Namespace + ".", StringComparison.Ordinal);

    private static bool Reaches(Dictionary<Type, List<Type>> uses, IEnumerable<Type> from, Type goal, HashSet<Type> seen) =>
        from.Any(next => next == goal || (seen.Add(next) && Reaches(uses, uses[next], goal, seen)));
}
