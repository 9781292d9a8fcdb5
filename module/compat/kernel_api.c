// SPDX-License-Identifier: GPL-2.0
/*
 * Finds the private kernel functions of private_functions.h, verifies each prototype
 * against the kernel's own BTF, and binds the static calls.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/btf.h>
#include <linux/kallsyms.h>
#include <linux/kprobes.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/tracepoint.h>

#include "kernel_api.h"

/* Longest prototype that is printed; walk_page_range's has 99 characters. */
#define PROTO_LEN 160

/* Deepest nesting of a type in a prototype: const pointer to const pointer ... */
#define MAX_TYPE_DEPTH 8

/*
 * The default of each static call, because a static call on NULL is garbage on x86 and a
 * crash elsewhere. Nothing calls the defaults: every call is bound before a file or a
 * thread of the module exists. (sparse does not know unnamed parameters.)
 */
#ifndef __CHECKER__
#define PRC_FN(ret, name, args...)					\
	ret prc_unbound_##name(args)					\
	{								\
		WARN_ON_ONCE(1);					\
		return (ret)0;						\
	}
#include "private_functions.h"
#endif

#define PRC_FN(ret, name, args...)					\
	DEFINE_STATIC_CALL(prc_call_##name, prc_unbound_##name);	\
	static void bind_##name(void *function)				\
	{								\
		static_call_update(prc_call_##name, function);		\
	}
#include "private_functions.h"

enum proof {
	PROOF_NONE,	/* not checked yet */
	PROOF_BTF,	/* BTF shows the expected prototype */
	PROOF_ABSENT,	/* BTF does not know the function */
	PROOF_WRONG,	/* BTF shows another prototype */
};

struct binding {
	const char *name;
	const char *expected;
	void (*bind)(void *function);
	void *function;
	struct tracepoint *tracepoint;
	enum proof proof;
	char found[PROTO_LEN];
};

/* The first rows of the table: what the proof itself needs. */
#define NR_BTF_HELPERS 3

/* The prefix that BTF gives to the type of a tracepoint's probe. */
#define PROBE_TYPE "btf_trace_"
#define PROBE_TYPE_LEN 64

#define PRC_FN(ret, name_, args...)					\
	{ .name = #name_, .expected = #ret " (" #args ")", .bind = bind_##name_ },
static struct binding bindings[] = {
#include "private_functions.h"
};

/* Tracepoints have no function, so none is bound. */
#define PRC_TP(name_, args...)						\
	[PRC_TP_##name_] = { .name = #name_,				\
			     .expected = "void (void *, " #args ")" },
static struct binding tracepoints[PRC_NR_TPS] = {
#include "private_functions.h"
};

/*
 * Return the address of the kernel function @name, found through a kprobe on it. On
 * kernels built for IBT the address of the probe lies behind the landing pad, and
 * sprint_symbol() returns the offset. It also returns the name, so that an alias or a clone
 * is not mistaken for the function.
 */
static void *function_start(const char *name, const struct kprobe *probe)
{
	unsigned long addr = (unsigned long)probe->addr, offset;
	char symbol[KSYM_SYMBOL_LEN];
	size_t len = strlen(name);
	int end = 0;

	/* "name+0x4/0x123", and " [module]" after it for a module's function. */
	sprint_symbol(symbol, addr);
	if (strncmp(symbol, name, len) ||
	    sscanf(symbol + len, "+%lx/%n", &offset, &end) != 1 || !end ||
	    strchr(symbol, '['))
		return NULL;
	return (void *)(addr - offset);
}

/*
 * Find every function of the table; leave NULL where the kernel has none. Register the
 * kprobes disabled, so that nothing is patched, and unregister them together, because each
 * time costs a grace period.
 */
static int look_up_all(void)
{
	struct kprobe **registered, *probes;
	int i, n = 0;

	probes = kcalloc(ARRAY_SIZE(bindings), sizeof(*probes), GFP_KERNEL);
	registered = kcalloc(ARRAY_SIZE(bindings), sizeof(*registered),
			     GFP_KERNEL);
	if (!probes || !registered) {
		kfree(probes);
		kfree(registered);
		return -ENOMEM;
	}
	for (i = 0; i < ARRAY_SIZE(bindings); i++) {
		probes[i].symbol_name = bindings[i].name;
		probes[i].flags = KPROBE_FLAG_DISABLED;
		if (register_kprobe(&probes[i]))
			continue;
		bindings[i].function = function_start(bindings[i].name,
						      &probes[i]);
		registered[n++] = &probes[i];
	}
	unregister_kprobes(registered, n);
	kfree(registered);
	kfree(probes);
	return 0;
}

/* Text that grows at its end, and is truncated to its buffer. */
struct text {
	char *buf;
	size_t len;
	size_t size;
};

static void append(struct text *text, const char *word)
{
	text->len += scnprintf(text->buf + text->len, text->size - text->len,
			       "%s", word);
}

static bool ends_with_star(const struct text *text)
{
	return text->len && text->buf[text->len - 1] == '*';
}

static const char *btf_name(const struct btf *btf, u32 offset)
{
	const char *name = static_call(prc_call_btf_name_by_offset)(btf, offset);

	return name ? name : "?";
}

/* Translate the name of an integer type from the debugger's to C's. */
static const char *c_integer(const char *name)
{
	static const char * const names[][2] = {
		{ "long int", "long" },
		{ "long unsigned int", "unsigned long" },
		{ "long long int", "long long" },
		{ "long long unsigned int", "unsigned long long" },
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (!strcmp(name, names[i][0]))
			return names[i][1];
	return name;
}

/* Append type @id as C spells it; "?" for a type that no prototype of the table has. */
static void append_type(struct text *text, const struct btf *btf, u32 id,
			int depth)
{
	const struct btf_type *type = id ? btf_type_by_id(btf, id) : NULL;

	if (!id) {
		append(text, "void");
		return;
	}
	if (!type || depth > MAX_TYPE_DEPTH) {
		append(text, "?");
		return;
	}
	switch (BTF_INFO_KIND(type->info)) {
	case BTF_KIND_PTR:
		append_type(text, btf, type->type, depth + 1);
		append(text, ends_with_star(text) ? "*" : " *");
		return;
	case BTF_KIND_CONST:
		append(text, "const ");
		append_type(text, btf, type->type, depth + 1);
		return;
	case BTF_KIND_TYPE_TAG:
		append_type(text, btf, type->type, depth + 1);
		return;
	case BTF_KIND_STRUCT:
		append(text, "struct ");
		break;
	case BTF_KIND_FWD:
		append(text, BTF_INFO_KFLAG(type->info) ? "union " : "struct ");
		break;
	case BTF_KIND_UNION:
		append(text, "union ");
		break;
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64:
		append(text, "enum ");
		break;
	case BTF_KIND_INT:
		append(text, c_integer(btf_name(btf, type->name_off)));
		return;
	case BTF_KIND_TYPEDEF:
		break;
	default:
		append(text, "?");
		return;
	}
	append(text, btf_name(btf, type->name_off));
}

static void append_prototype(struct text *text, const struct btf *btf,
			     const struct btf_type *proto)
{
	const struct btf_param *param = (const struct btf_param *)(proto + 1);
	u32 i, n = BTF_INFO_VLEN(proto->info);

	append_type(text, btf, proto->type, 0);
	append(text, " (");
	for (i = 0; i < n; i++) {
		if (i)
			append(text, ", ");
		append_type(text, btf, param[i].type, 0);
	}
	append(text, n ? ")" : "void)");
}

/* Return the prototype of a function, or of a tracepoint's probes; NULL if unknown. */
static const struct btf_type *find_prototype(const struct binding *binding,
					     const struct btf *btf)
{
	char name[PROBE_TYPE_LEN];
	const struct btf_type *type;
	s32 id;

	if (binding->tracepoint) {
		scnprintf(name, sizeof(name), PROBE_TYPE "%s", binding->name);
		id = static_call(prc_call_btf_find_by_name_kind)(btf, name,
								 BTF_KIND_TYPEDEF);
		/* A pointer to the function's type. */
		type = id > 0 ? btf_type_by_id(btf, id) : NULL;
		type = type ? btf_type_by_id(btf, type->type) : NULL;
	} else {
		id = static_call(prc_call_btf_find_by_name_kind)(btf, binding->name,
								 BTF_KIND_FUNC);
		type = id > 0 ? btf_type_by_id(btf, id) : NULL;
	}
	type = type ? btf_type_by_id(btf, type->type) : NULL;
	if (!type || BTF_INFO_KIND(type->info) != BTF_KIND_FUNC_PROTO)
		return NULL;
	return type;
}

/* Find @binding in BTF and compare the prototypes. */
static void prove(struct binding *binding, const struct btf *btf)
{
	struct text text = {
		.buf = binding->found,
		.size = sizeof(binding->found),
	};
	const struct btf_type *type = find_prototype(binding, btf);

	binding->proof = PROOF_ABSENT;
	if (!type)
		return;
	append_prototype(&text, btf, type);
	binding->proof = strcmp(binding->found, binding->expected) ?
			 PROOF_WRONG : PROOF_BTF;
}

static void match_tracepoint(struct tracepoint *tp, void *unused)
{
	int i;

	for (i = 0; i < PRC_NR_TPS; i++)
		if (!strcmp(tp->name, tracepoints[i].name))
			tracepoints[i].tracepoint = tp;
}

static int find_tracepoints(void)
{
	int i, missing = 0;

	for_each_kernel_tracepoint(match_tracepoint, NULL);
	for (i = 0; i < PRC_NR_TPS; i++) {
		if (tracepoints[i].tracepoint)
			continue;
		pr_err("%s: this kernel has no such tracepoint\n",
		       tracepoints[i].name);
		missing++;
	}
	return missing ? -ENOENT : 0;
}

static void say_missing(const struct binding *binding)
{
	pr_err("%s: expected \"%s\", but this kernel has no such function that can be probed\n",
	       binding->name, binding->expected);
}

/* Find every function but the BTF helpers, which a kernel without BTF may lack. */
static int find_all(void)
{
	struct binding *binding;
	int err, missing = 0;

	err = look_up_all();
	if (err)
		return err;
	for (binding = bindings + NR_BTF_HELPERS;
	     binding < bindings + ARRAY_SIZE(bindings); binding++) {
		if (binding->function)
			continue;
		say_missing(binding);
		missing++;
	}
	err = find_tracepoints();
	return missing ? -ENOENT : err;
}

/*
 * Return the kernel's BTF. The three helpers are called before their prototypes are
 * verified, because they read the BTF. They are trusted for the release that the module was
 * built for, and compared like the others afterwards.
 */
static struct btf *kernel_btf(bool allow_unverified)
{
	struct btf *btf;
	int i;

	for (i = 0; i < NR_BTF_HELPERS; i++) {
		if (!bindings[i].function) {
			if (!allow_unverified)
				say_missing(&bindings[i]);
			return NULL;
		}
		bindings[i].bind(bindings[i].function);
	}
	btf = static_call(prc_call_bpf_get_btf_vmlinux)();
	return IS_ERR_OR_NULL(btf) ? NULL : btf;
}

/*
 * Structs that a private function takes by reference. No version of an exported symbol
 * covers their layout, so compare at least their size.
 */
static const struct layout {
	const char *name;
	u32 size;
} layouts[] = {
	{ "mm_walk", sizeof(struct mm_walk) },
	{ "mm_walk_ops", sizeof(struct mm_walk_ops) },
};

/* Verify the size of a struct, or log why it is refused. */
static bool is_laid_out(const struct layout *layout, const struct btf *btf,
			bool allow_unverified)
{
	s32 id = static_call(prc_call_btf_find_by_name_kind)(btf, layout->name,
							     BTF_KIND_STRUCT);
	const struct btf_type *type = id > 0 ? btf_type_by_id(btf, id) : NULL;

	if (!type) {
		if (!allow_unverified)
			pr_err("struct %s: this kernel's BTF does not describe it\n",
			       layout->name);
		return allow_unverified;
	}
	if (type->size != layout->size)
		pr_err("struct %s: expected %u bytes, but this kernel has %u\n",
		       layout->name, layout->size, type->size);
	return type->size == layout->size;
}

/* Verify @binding, or log why it is refused. */
static bool is_proved(struct binding *binding, const struct btf *btf,
		      bool allow_unverified)
{
	prove(binding, btf);
	switch (binding->proof) {
	case PROOF_BTF:
		return true;
	case PROOF_WRONG:
		pr_err("%s: expected \"%s\", but this kernel has \"%s\"\n",
		       binding->name, binding->expected, binding->found);
		return false;
	default:
		if (!allow_unverified)
			pr_err("%s: expected \"%s\", but this kernel's BTF does not describe it\n",
			       binding->name, binding->expected);
		return allow_unverified;
	}
}

static int prove_all(const struct btf *btf, bool allow_unverified)
{
	int i, refused = 0;

	for (i = 0; i < ARRAY_SIZE(bindings); i++)
		refused += !is_proved(&bindings[i], btf, allow_unverified);
	for (i = 0; i < PRC_NR_TPS; i++)
		refused += !is_proved(&tracepoints[i], btf, allow_unverified);
	for (i = 0; i < ARRAY_SIZE(layouts); i++)
		refused += !is_laid_out(&layouts[i], btf, allow_unverified);
	return refused ? -ENOEXEC : 0;
}

/**
 * prc_kernel_api_bind() - find, verify and bind every private function
 * @allow_unverified: accept functions that BTF does not describe. A function that BTF
 *		      describes differently is refused in any case.
 *
 * Context: module load, before any caller exists; may sleep. Binds every function, or none
 *	    but the three that read BTF.
 * Return: 0; -ENOENT if a function is missing; -ENOEXEC if one differs from what the
 *	   module was built for, or if there is no BTF, or one of the three that read it is
 *	   missing. The log names each function.
 */
int prc_kernel_api_bind(bool allow_unverified)
{
	struct binding *binding;
	struct btf *btf;
	int err;

	err = find_all();
	if (err)
		return err;
	btf = kernel_btf(allow_unverified);
	if (btf) {
		err = prove_all(btf, allow_unverified);
	} else if (!allow_unverified) {
		pr_err("this kernel has no BTF to prove the prototypes with (allow_unverified=1 loads anyway)\n");
		err = -ENOEXEC;
	}
	if (err) {
		pr_err("not loaded: nothing is called unproved\n");
		return err;
	}
	for (binding = bindings; binding < bindings + ARRAY_SIZE(bindings);
	     binding++)
		if (binding->function)
			binding->bind(binding->function);
	return 0;
}

/**
 * prc_attach() - attach a probe to a tracepoint
 * @id: tracepoint
 * @probe: function of the type that was verified; call prc_attach_*() instead, which
 *	   checks it
 *
 * Context: may sleep. Must not be called twice with the same @probe.
 * Return: 0 or -ENOMEM.
 */
int prc_attach(enum prc_tracepoint_id id, void *probe)
{
	might_sleep();
	return tracepoint_probe_register(tracepoints[id].tracepoint, probe, NULL);
}

/**
 * prc_detach() - detach a probe, and wait until it runs on no CPU
 * @id: tracepoint
 * @probe: attached function
 *
 * Context: may sleep.
 */
void prc_detach(enum prc_tracepoint_id id, void *probe)
{
	might_sleep();
	tracepoint_probe_unregister(tracepoints[id].tracepoint, probe, NULL);
	tracepoint_synchronize_unregister();
}

static void show_binding(struct seq_file *seq, const struct binding *binding)
{
	bool proved = binding->proof == PROOF_BTF;

	seq_printf(seq, "%s\t%s\t%s\t%s\t%s\n", binding->name,
		   binding->function || binding->tracepoint ? "yes" : "no",
		   binding->expected, proved ? binding->found : "-",
		   proved ? "btf" : "nothing");
}

/**
 * prc_kernel_api_show() - print the table of bindings
 * @seq: file to print to
 *
 * Prints no addresses.
 */
void prc_kernel_api_show(struct seq_file *seq)
{
	int i;

	seq_puts(seq, "function\tfound\texpected\tin BTF\tverified by\n");
	for (i = 0; i < ARRAY_SIZE(bindings); i++)
		show_binding(seq, &bindings[i]);
	for (i = 0; i < PRC_NR_TPS; i++)
		show_binding(seq, &tracepoints[i]);
}
