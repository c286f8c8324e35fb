/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * detmath.h - exp and log whose results are the same bits on every machine.
 *
 * The C library's transcendental functions differ in the last bit between versions and between CPUs (it picks
 * variants with fused multiply-add at run time). These use + - * / and integer operations only, which IEEE 754
 * fixes; the build sets -ffp-contract=off so that no compiler fuses them. Relative error below 1e-15 (tested
 * against long double). sqrt of the C library may be used: the standard fixes its result.
 */
#ifndef AR_AR_DETMATH_H
#define AR_AR_DETMATH_H

double ar_det_log(double x);        /* x = 0: -HUGE_VAL; x < 0 or not a number: a NaN */
double ar_det_exp(double x);        /* HUGE_VAL beyond about 709.78, 0 below about -745.13 */

#endif
