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
    public void Pages_use_no_database_context() =>
        Assert.That(UsersOfTables(Console.Where(t => typeof(Microsoft.AspNetCore.Components.IComponent).IsAssignableFrom(t))), Is.Empty);

    [Test]
    public void Endpoints_use_no_database_context()
    {
        var mapping = Console.Where(MapsEndpoints).ToList();
        TestContext.Out.WriteLine($"{mapping.Count} types map endpoints");
        Assert.That(mapping, Has.Count.GreaterThan(8));
        Assert.That(UsersOfTables(mapping), Is.Empty);
    }

    [Test]
    public void A_planted_endpoint_on_tables_is_found()
    {
        Assert.That(MapsEndpoints(typeof(Planted.Database.DatabaseModule)));
        Assert.That(UsersOfTables([typeof(Planted.Database.DatabaseModule)]), Is.EqualTo(new[] { typeof(Planted.Database.DatabaseModule).FullName }));
    }

    private static IEnumerable<Type> Console => Modules.Select(m => m.Assembly).Append(typeof(Tiers).Assembly).Append(typeof(PlatformServices).Assembly).Distinct().SelectMany(a => a.GetTypes());

    /// <summary>True for modules and for the classes to which they leave their endpoints.</summary>
    private static bool MapsEndpoints(Type type) => type.IsSubclassOf(typeof(Module)) || type.GetMethods(BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
        .Any(m => m.GetParameters().Any(p => typeof(Microsoft.AspNetCore.Routing.IEndpointRouteBuilder).IsAssignableFrom(p.ParameterType)));

    /// <summary>Those of the types that name Entity Framework or a module's context, in their lambdas as well.</summary>
    private static List<string> UsersOfTables(IEnumerable<Type> types)
    {
        var contexts = Console.Where(t => t.IsSubclassOf(typeof(Microsoft.EntityFrameworkCore.DbContext))).Select(t => t.FullName!);
        var looked = types.Select(t => t.FullName).ToHashSet();
        var result = Types.InAssemblies([.. types.Select(t => t.Assembly).Distinct()]).That().MeetCustomRule(new OneOf(looked!)).ShouldNot().HaveDependencyOnAny(["Microsoft.EntityFrameworkCore", .. contexts]).GetResult();
        return [.. result.FailingTypeNames ?? []];
    }

    private sealed class OneOf(HashSet<string> names) : ICustomRule
    {
        public bool MeetsRule(Mono.Cecil.TypeDefinition type) => names.Contains(type.FullName.Replace('/', '+'));
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
