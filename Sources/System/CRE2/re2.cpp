#include "assay_re2.h"

#include <re2/re2.h>

#include <algorithm>
#include <cstring>

struct assay_pattern {
    re2::RE2 expression;
    assay_pattern(re2::StringPiece text, const re2::RE2::Options &options) : expression(text, options) {}
};

assay_pattern *assay_pattern_compile(const char *expression, size_t size, int64_t memory, char *problem,
                                     size_t problem_size) {
    re2::RE2::Options options;
    options.set_log_errors(false);
    options.set_max_mem(memory);
    auto *pattern = new assay_pattern(re2::StringPiece(expression, size), options);
    if (pattern->expression.ok())
        return pattern;
    if (problem_size > 0) {
        const std::string &words = pattern->expression.error();
        size_t count = std::min(words.size(), problem_size - 1);
        std::memcpy(problem, words.data(), count);
        problem[count] = 0;
    }
    delete pattern;
    return nullptr;
}

int assay_pattern_matches_whole(const assay_pattern *pattern, const uint8_t *text, size_t size) {
    re2::StringPiece piece(reinterpret_cast<const char *>(text), size);
    return pattern->expression.Match(piece, 0, size, re2::RE2::ANCHOR_BOTH, nullptr, 0);
}

void assay_pattern_free(assay_pattern *pattern) { delete pattern; }
