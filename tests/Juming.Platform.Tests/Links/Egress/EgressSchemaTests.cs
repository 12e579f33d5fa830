using Google.Protobuf.Reflection;
using Juming.Contracts.Egress;
using Juming.Contracts.Link;
using Juming.Platform.Links;
using Juming.Platform.Links.Egress;
using Juming.Platform.Links.Egress.Gate;
using NUnit.Framework;

namespace Juming.Platform.Tests.Links.Egress;

/// <summary>What <c>egress.proto</c> may say at all: every leaf has a class and a bound, and there is no room for free text.</summary>
[Category("X3")]
public sealed class EgressSchemaTests
{
    [Test]
    public void Every_leaf_of_every_message_that_goes_up_has_a_class_and_a_bound()
    {
        var problems = EgressReflection.Descriptor.MessageTypes.SelectMany(ProblemsOf).ToList();
        TestContext.Out.WriteLine($"{UpwardMessages.All.Count()} messages, {UpwardMessages.All.Sum(m => m.Fields.InDeclarationOrder().Count)} fields");
        Assert.That(problems, Is.Empty);
    }

    [Test]
    public void Every_message_has_a_topic_a_number_of_its_own_and_a_level()
    {
        var types = EgressReflection.Descriptor.MessageTypes.Select(m => m.GetOptions().GetExtension(ClassesExtensions.MessageType)).ToList();
        Assert.Multiple(() =>
        {
            Assert.That(types, Is.Unique.And.All.GreaterThan(0u));
            Assert.That(EgressReflection.Descriptor.MessageTypes.Select(m => m.GetOptions().GetExtension(ClassesExtensions.TopicKind)), Has.None.EqualTo(TopicKind.Unspecified));
            Assert.That(MessageRule.All.Select(r => r.Level), Has.All.InRange(PolicyLevels.Lowest, PolicyLevels.Highest));
            Assert.That(MessageRule.All.ToDictionary(r => r.Name, r => (r.Type, r.Level)), Is.EqualTo(new Dictionary<string, (int, int)>
            {
                // A number that was given out means the same for ever; a level is a promise to customers.
                ["SiteHealth"] = (1, 0),
                ["IncidentSummary"] = (2, 2),
                ["IndicatorSightings"] = (3, 1),
                ["BulletinAnswer"] = (4, 1),
                ["LedgerHead"] = (5, 0),
                ["ImpactCounts"] = (30, 1),
                ["ImpactByVulnerability"] = (31, 2),
                ["BulletinTally"] = (32, 1),
                ["PackStanding"] = (40, 1),
                ["PackTally"] = (41, 1),
                ["IncidentRelease"] = (20, 3),
            }));
        });
    }

    [Test]
    public void A_message_with_free_text_bytes_maps_or_fields_without_a_class_is_found()
    {
        Assert.That(ProblemsOf(Record.Descriptor), Has.Some.Contains("payload").And.Some.Contains("key"));
        Assert.That(ProblemsOf(Google.Protobuf.WellKnownTypes.Struct.Descriptor), Has.Some.Contains("map"));
        Assert.That(ProblemsOf(Google.Protobuf.WellKnownTypes.Any.Descriptor), Has.Some.Contains("value"));
    }

    private static IEnumerable<string> ProblemsOf(MessageDescriptor message) => message.Fields.InDeclarationOrder().SelectMany(f => ProblemsOf(f).Select(p => $"{message.Name}.{f.Name}: {p}"));

    private static IEnumerable<string> ProblemsOf(FieldDescriptor field)
    {
        if (field.IsMap)
        {
            yield return "is a map";
            yield break;
        }
        var options = field.GetOptions();
        if (field.IsRepeated && !(options?.GetExtension(ClassesExtensions.MostItems) > 0)) yield return "may repeat without end";
        if (field.FieldType == FieldType.Message)
        {
            foreach (var problem in field.MessageType.File == EgressReflection.Descriptor ? ProblemsOf(field.MessageType) : ["is a message of another file"]) yield return problem;
            yield break;
        }
        var kind = options?.GetExtension(ClassesExtensions.FieldClass) ?? FieldClass.Unspecified;
        if (kind == FieldClass.Unspecified) yield return "has no class";
        if (ProblemOf(field, kind, options) is { } wrong) yield return wrong;
    }

    private static string? ProblemOf(FieldDescriptor field, FieldClass kind, FieldOptions? options) => (field.FieldType, kind) switch
    {
        (FieldType.UInt32 or FieldType.UInt64, FieldClass.Counter) => options!.GetExtension(ClassesExtensions.AtMost) > 0 ? null : "counts without end",
        (FieldType.UInt32, FieldClass.Ratio or FieldClass.Severity) => null,
        (FieldType.Enum, FieldClass.EnumId) => null,
        (FieldType.Int64, FieldClass.Timestamp) => null,
        (FieldType.Bytes, FieldClass.OpaqueId) => null,
        (FieldType.Bytes, FieldClass.Signature) => options!.GetExtension(ClassesExtensions.MaxLen) is > 0 and <= 64 ? null : "has no length",
        // Addresses, domains and hashes leave by a person's hand alone.
        (FieldType.Bytes, FieldClass.ExternalAddress or FieldClass.FileHash) => IsByHand(field) ? null : "needs no hand",
        (FieldType.String, FieldClass.KnownDomain) => !IsByHand(field) ? "needs no hand" : options!.GetExtension(ClassesExtensions.MaxLen) is > 0 and <= 253 ? null : "has no length",
        (FieldType.String, FieldClass.Label) => options!.GetExtension(ClassesExtensions.MaxLen) is > 0 and <= 64 && Dictionaries.Exists(options.GetExtension(ClassesExtensions.Dictionary)) ? null : "is no word of a dictionary",
        _ => $"can't be {kind} as {field.FieldType}",
    };

    private static bool IsByHand(FieldDescriptor field) => field.ContainingType.GetOptions().GetExtension(ClassesExtensions.PolicyLevel) >= PolicyLevels.ByHand;
}
